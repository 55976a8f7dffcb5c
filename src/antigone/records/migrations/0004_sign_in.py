# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_ledger"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="code_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SignInWait",
            fields=[
                ("of", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("of", ""), _negated=True),
                        name="sign_in_wait_of_something",
                    )
                ],
            },
        ),
    ]
