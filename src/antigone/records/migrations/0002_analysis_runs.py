# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models

from antigone.records.migrations import _together


class Migration(_together.Migration):

    dependencies = [
        ('records', '0001_case_records'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnalysisRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='analysis_runs', to='records.investigationcase')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='analysis_runs', to=settings.AUTH_USER_MODEL)),
                ('number', models.PositiveIntegerField()),
                ('facts', models.JSONField()),
            ],
            options={
                'ordering': ('case', 'number'),
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='run_number_once_in_case')],
            },
        ),
        migrations.CreateModel(
            name='PosteriorPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='records.analysisrun')),
                ('ordinal', models.PositiveIntegerField()),
                ('remains', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('probability', models.FloatField()),
                ('probability_low', models.FloatField()),
                ('probability_high', models.FloatField()),
                ('at_prior_low', models.FloatField()),
                ('at_prior_high', models.FloatField()),
                ('log10_lr_dna', models.FloatField(null=True)),
                ('log10_lr_other', models.FloatField(null=True)),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'constraints': [models.UniqueConstraint(models.F('run'), models.F('remains'), django.db.models.functions.comparison.Coalesce('person', models.Value(uuid.UUID('00000000-0000-0000-0000-000000000000'), output_field=models.UUIDField())), name='posterior_once_for_pair'), models.CheckConstraint(condition=models.Q(('probability__gte', 0), ('probability__lte', 1), ('probability_low__gte', 0), ('probability_low__lte', 1), ('probability_high__gte', 0), ('probability_high__lte', 1), ('at_prior_low__gte', 0), ('at_prior_low__lte', 1), ('at_prior_high__gte', 0), ('at_prior_high__lte', 1)), name='posterior_from_0_to_1'), models.CheckConstraint(condition=models.Q(('probability_low__lte', models.F('probability_high'))), name='posterior_bounds_in_order')],
            },
        ),
        migrations.CreateModel(
            name='FactorWeight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='records.analysisrun')),
                ('ordinal', models.PositiveIntegerField()),
                ('remains', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('evidence', models.CharField(max_length=60)),
                ('log10_lr', models.FloatField()),
                ('group', models.CharField(max_length=60)),
                ('source', models.TextField()),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('run', 'remains', 'person', 'evidence'), name='factor_once_for_pair_and_evidence')],
            },
        ),
        migrations.CreateModel(
            name='RuleOutcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='records.analysisrun')),
                ('ordinal', models.PositiveIntegerField()),
                ('remains', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('rule', models.CharField(max_length=20)),
                ('outcome', models.CharField(max_length=20)),
                ('remark', models.JSONField()),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('run', 'remains', 'person', 'rule'), name='rule_once_for_pair'), models.CheckConstraint(condition=models.Q(('outcome__in', ('met', 'failed', 'not_needed', 'not_weighed'))), name='rule_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='ChanceMatches',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='records.analysisrun')),
                ('ordinal', models.PositiveIntegerField()),
                ('remains', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('alternative', models.CharField(max_length=60)),
                ('comparisons', models.BigIntegerField()),
                ('expected_matches', models.FloatField()),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('run', 'remains', 'person', 'alternative'), name='chance_once_for_pair_and_alternative'), models.CheckConstraint(condition=models.Q(('comparisons__gte', 0), ('expected_matches__gte', 0)), name='chance_counts_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_rows', to='records.analysisrun')),
                ('ordinal', models.PositiveIntegerField()),
                ('remains', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('probability', models.FloatField(null=True)),
                ('tier', models.CharField(max_length=20)),
                ('reason', models.CharField(max_length=60)),
                ('rules_failed', models.TextField(blank=True, default='')),
                ('runner_up', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('runner_up_probability', models.FloatField(null=True)),
                ('primary_log10_lr_over_runner_up', models.FloatField(null=True)),
                ('expected_chance_matches', models.FloatField(null=True)),
                ('conflicts', models.JSONField(default=list)),
                ('next_step', models.JSONField()),
            ],
            options={
                'ordering': ('ordinal',),
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('run', 'remains'), name='proposal_once_for_remains'), models.CheckConstraint(condition=models.Q(('tier__in', ('identification', 'presumptive', 'unresolved'))), name='proposal_tier_known'), models.CheckConstraint(condition=models.Q(models.Q(('tier', 'identification'), _negated=True), ('person__isnull', False), _connector='OR'), name='proposal_of_identification_names_somebody'), models.CheckConstraint(condition=models.Q(('probability__gte', 0), ('probability__lte', 1), ('runner_up_probability__gte', 0), ('runner_up_probability__lte', 1)), name='proposal_from_0_to_1')],
            },
        ),
        migrations.CreateModel(
            name='SameCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='samecandidate_rows', to='records.analysisrun')),
                ('ordinal', models.PositiveIntegerField()),
                ('remains_a', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('remains_b', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.remains')),
                ('person_a', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('person_b', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.person')),
                ('log10_lr', models.FloatField()),
                ('basis', models.CharField(max_length=60)),
            ],
            options={
                'ordering': ('ordinal',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person_a__isnull', True), ('person_b__isnull', True), ('remains_a__isnull', False), ('remains_b__isnull', False)), models.Q(('person_a__isnull', False), ('person_b__isnull', False), ('remains_a__isnull', True), ('remains_b__isnull', True)), _connector='OR'), name='same_candidate_two_remains_or_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('remains_a__isnull', True), models.Q(('remains_a', models.F('remains_b')), _negated=True), _connector='OR'), models.Q(('person_a__isnull', True), models.Q(('person_a', models.F('person_b')), _negated=True), _connector='OR')), name='same_candidate_not_with_itself')],
            },
        ),
    ]
