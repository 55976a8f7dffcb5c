# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
import uuid
from django.db import migrations, models

from antigone.records.migrations import _together


class Migration(_together.Migration):

    dependencies = [
        ('records', '0002_analysis_runs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Log',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('identifier', models.UUIDField(default=uuid.uuid4)),
                ('size', models.BigIntegerField(default=0)),
                ('frontier', models.TextField(blank=True, default='')),
                ('last_leaf', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name__in', ('changes', 'reads'))), name='log_known')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('act', models.UUIDField()),
                ('case', models.UUIDField(null=True)),
                ('kind', models.CharField(max_length=40)),
                ('record', models.UUIDField(null=True)),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField()),
            ],
            options={
                'ordering': ('sequence',),
                'abstract': False,
                'indexes': [models.Index(fields=['record', 'number'], name='event_by_record'), models.Index(fields=['at'], name='event_by_clock'), models.Index(fields=['act'], name='event_by_act'), models.Index(fields=['case', 'sequence'], name='event_by_case')],
            },
        ),
        migrations.CreateModel(
            name='ReadEvent',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('act', models.UUIDField()),
                ('case', models.UUIDField(null=True)),
                ('kind', models.CharField(max_length=40)),
                ('record', models.UUIDField(null=True)),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField()),
            ],
            options={
                'ordering': ('sequence',),
                'abstract': False,
                'indexes': [models.Index(fields=['record'], name='read_event_by_record'), models.Index(fields=['at'], name='read_event_by_clock')],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('case', models.UUIDField(null=True)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='revision_kept', to='records.event')),
                ('salt', models.CharField(max_length=64)),
                ('body', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'kind', 'event'], name='revision_by_kind')],
                'constraints': [models.UniqueConstraint(fields=('record', 'number'), name='revision_once_for_record'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='revision_from_1')],
            },
        ),
        migrations.CreateModel(
            name='SealedSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sealed_sections', to='records.event')),
                ('section', models.CharField(max_length=20)),
                ('subject', models.UUIDField()),
                ('sealed', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['subject'], name='sealed_section_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('event', 'section'), name='sealed_section_once')],
            },
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiles', to='records.log')),
                ('height', models.PositiveSmallIntegerField()),
                ('place', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('log', 'height', 'place'), name='tile_once')],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('log', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checkpoints', to='records.log')),
                ('size', models.BigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('note', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('size', 'made_at'),
            },
        ),
        migrations.CreateModel(
            name='Witnessing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='witnessings', to='records.checkpoint')),
                ('manner', models.CharField(max_length=20)),
                ('witness', models.TextField()),
                ('note', models.TextField(blank=True, default='')),
                ('witnessed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('manner__in', ('signed_sheet', 'witness_file', 'installation', 'time_stamp'))), name='witnessing_manner_known'), models.CheckConstraint(condition=models.Q(('witness', ''), _negated=True), name='witnessing_by_somebody')],
            },
        ),
    ]
