# SPDX-License-Identifier: Apache-2.0

import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0004_sign_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='witnessing',
            name='key',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.CreateModel(
            name='HeldCheckpoint',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('revision', models.PositiveIntegerField(default=1, editable=False)),
                ('origin', models.CharField(max_length=200)),
                ('key', models.TextField()),
                ('size', models.BigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('note', models.TextField()),
                ('held_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('origin', 'size'),
                'constraints': [models.UniqueConstraint(fields=('origin', 'size', 'root'), name='held_checkpoint_once'), models.CheckConstraint(condition=models.Q(('origin', ''), _negated=True), name='held_checkpoint_of_a_log')],
            },
        ),
    ]
