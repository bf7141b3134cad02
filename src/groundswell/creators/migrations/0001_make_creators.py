import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

import groundswell.workspaces.tenancy


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0001_make_workspaces"),
    ]

    operations = [
        migrations.CreateModel(
            name="Creator",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "Email"),
                            ("phone", "Phone"),
                            ("agent", "Agent"),
                            ("manager", "Manager"),
                            ("postal", "Postal"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("address", models.BinaryField()),
                ("fingerprint", models.BinaryField(max_length=32)),
                ("city", models.CharField(max_length=255, null=True)),
                ("preferred", models.BooleanField(null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("api", "api"),
                            ("creator_authorised", "creator_authorised"),
                            ("import", "import"),
                            ("manual", "manual"),
                            ("estimate", "estimate"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        choices=[
                            ("granted", "Granted"),
                            ("refused", "Refused"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=16,
                    ),
                ),
                ("last_verified", models.DateField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
                (
                    "creator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "platform",
                    models.CharField(
                        choices=[
                            ("instagram", "instagram"),
                            ("tiktok", "tiktok"),
                            ("youtube", "youtube"),
                            ("x", "x"),
                            ("twitch", "twitch"),
                            ("facebook", "facebook"),
                            ("pinterest", "pinterest"),
                            ("snapchat", "snapchat"),
                            ("linkedin", "linkedin"),
                            ("threads", "threads"),
                            ("bluesky", "bluesky"),
                            ("mastodon", "mastodon"),
                            ("blog", "blog"),
                        ],
                        max_length=16,
                    ),
                ),
                ("platform_id", models.CharField(max_length=255, null=True)),
                ("handle", models.CharField(max_length=255, null=True)),
                (
                    "handle_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower("handle"),
                        output_field=models.CharField(max_length=255, null=True),
                    ),
                ),
                ("display_name", models.CharField(max_length=255, null=True)),
                ("bio", models.TextField(null=True)),
                ("url", models.TextField(null=True)),
                ("avatar_url", models.TextField(null=True)),
                (
                    "links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), null=True, size=None
                    ),
                ),
                ("country", models.CharField(max_length=2, null=True)),
                ("region", models.CharField(max_length=255, null=True)),
                ("city", models.CharField(max_length=255, null=True)),
                ("language", models.CharField(max_length=35, null=True)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), null=True, size=None
                    ),
                ),
                ("verified", models.BooleanField(null=True)),
                ("private", models.BooleanField(null=True)),
                ("created_at", models.DateTimeField(null=True)),
                ("described_at", models.DateTimeField(null=True)),
                ("followers", models.PositiveBigIntegerField(null=True)),
                ("following", models.PositiveBigIntegerField(null=True)),
                ("posts", models.PositiveBigIntegerField(null=True)),
                ("counts_observed_at", models.DateTimeField(null=True)),
                ("revision", models.PositiveBigIntegerField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.account",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
                (
                    "creator",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DuplicateProposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("score", models.FloatField(default=0.0)),
                ("evidence", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("merged", "Merged"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=200)),
                (
                    "first",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.creator",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RateCard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("image", "image"),
                            ("carousel", "carousel"),
                            ("reel", "reel"),
                            ("story", "story"),
                            ("short", "short"),
                            ("video", "video"),
                            ("live", "live"),
                            ("text", "text"),
                            ("article", "article"),
                        ],
                        max_length=16,
                    ),
                ),
                ("price_minor", models.PositiveBigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("api", "api"),
                            ("creator_authorised", "creator_authorised"),
                            ("import", "import"),
                            ("manual", "manual"),
                            ("estimate", "estimate"),
                        ],
                        max_length=32,
                    ),
                ),
                ("valid_from", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="creators.account",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RevisionCounter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("latest", models.PositiveBigIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=groundswell.workspaces.tenancy.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "table",
                    models.CharField(
                        choices=[
                            ("account_observations", "account_observations"),
                            ("account_averages", "account_averages"),
                            ("posts", "posts"),
                            ("post_observations", "post_observations"),
                            ("comments", "comments"),
                            ("memberships", "memberships"),
                            ("overlaps", "overlaps"),
                            ("audience_shares", "audience_shares"),
                        ],
                        max_length=32,
                    ),
                ),
                ("month", models.CharField(max_length=16)),
                ("path", models.CharField(max_length=160)),
                ("rows", models.PositiveBigIntegerField()),
                ("bytes", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("revises", models.BooleanField()),
                ("publication", models.PositiveBigIntegerField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workspaces.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="creator",
            index=models.Index(fields=["workspace", "merged_into"], name="creator_by_survivor"),
        ),
        migrations.AddConstraint(
            model_name="creator",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_creator_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="creator",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_creator_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="creator",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "merged_into", name="creators_creator_merged_into_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="creator",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="creator_not_merged_into_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "creator"], name="contact_by_creator"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_contact_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_contact_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "creator", name="creators_contact_creator_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "origin", name="creators_contact_origin_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("workspace", "origin", "channel", "fingerprint"),
                name="contact_once_per_creator",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent__in", ["granted", "refused", "unknown"])),
                name="contact_consent_is_known_word",
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                fields=["workspace", "platform", "handle_key"], name="account_by_handle_key"
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["workspace", "creator"], name="account_by_creator"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["workspace", "origin"], name="account_by_origin"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["workspace", "revision"], name="account_by_revision"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_account_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_account_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "creator", name="creators_account_creator_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "origin", name="creators_account_origin_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "merged_into", name="creators_account_merged_into_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("platform_id__isnull", False)),
                fields=("workspace", "platform", "platform_id"),
                name="account_by_platform_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=["workspace", "platform", "handle_key"],
                condition=models.Q(
                    ("handle__isnull", False), ("merged_into", None), ("platform_id", None)
                ),
                name="account_by_handle",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(("handle", None), ("merged_into", None), ("platform_id", None)),
                fields=("workspace", "platform", "display_name"),
                name="account_by_display_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("platform_id__isnull", False),
                    ("handle__isnull", False),
                    ("display_name__isnull", False),
                    _connector="OR",
                ),
                name="account_is_known_by_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", models.F("id")), _negated=True),
                name="account_not_merged_into_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_duplicateproposal_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_duplicateproposal_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "first", name="creators_duplicateproposal_first_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "second", name="creators_duplicateproposal_second_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.comparison.Least("first", "second"),
                django.db.models.functions.comparison.Greatest("first", "second"),
                name="proposal_once_per_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("first", models.F("second")), _negated=True),
                name="proposal_of_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicateproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 1)),
                name="proposal_score_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_ratecard_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_ratecard_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=groundswell.workspaces.tenancy.SameWorkspace(
                "account", name="creators_ratecard_account_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=models.UniqueConstraint(
                fields=("workspace", "account", "format", "valid_from"), name="one_price_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecard",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                name="rate_currency_is_iso_4217",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisioncounter",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_revisioncounter_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="revisioncounter",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_revisioncounter_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisioncounter",
            constraint=models.UniqueConstraint(
                fields=("workspace",), name="one_counter_per_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="creators_segment_workspace_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=groundswell.workspaces.tenancy.RowLevelSecurity(
                column="workspace_id",
                force=True,
                grants=("SELECT", "INSERT", "UPDATE", "DELETE"),
                name="creators_segment_rls",
            ),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("workspace", "path"), name="segment_once"),
        ),
    ]
