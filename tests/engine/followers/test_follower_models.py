"""Models of followers are trained on labels, judged on rows held out, and kept as plain numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from groundswell.engine.followers import calibration, models, training, trees
from groundswell.engine.followers.calibration import Platt
from groundswell.engine.followers.models import BadModel, Model
from groundswell.engine.followers.profiles import Profiles
from groundswell.engine.followers.trees import FEATURES, Forest


def drawn(rows=400, share=0.3, seed=5):
    """Fakes follow many and post little, with overlap."""
    rng = np.random.default_rng(seed)
    fake = rng.random(rows) < share
    columns = {
        "followers": rng.lognormal(np.where(fake, 3.5, 5.5), 1.2).round(),
        "following": rng.lognormal(np.where(fake, 6.8, 5.8), 0.8).round(),
        "posts": rng.lognormal(np.where(fake, 1.5, 4.0), 1.2).round(),
        "has_profile_picture": (rng.random(rows) < np.where(fake, 0.6, 0.97)).astype(float),
    }
    return Profiles.of(columns), fake


@pytest.fixture(scope="module")
def trained():
    return training.fitted(*drawn(), rng=np.random.default_rng(1))


def test_trees_tell_rows_that_they_have_not_seen(trained):
    profiles, fake = drawn(seed=6)
    report = training.measured(trained.probability(profiles), fake)

    assert report.auc > 0.95
    assert report.f1 > 0.8


def test_the_trees_walked_here_say_what_the_library_says():
    profiles, fake = drawn()
    asked = trees.features(profiles)
    booster = training.lightgbm.train(
        training.SETTINGS, training.lightgbm.Dataset(asked, fake.astype(float)), 20
    )
    asked[::7, 2] = np.nan

    np.testing.assert_allclose(
        trees.grown([booster.dump_model()]).log_odds(asked[1::7]),
        booster.predict(asked[1::7], raw_score=True),
    )


def test_trees_that_learnt_what_missing_means_say_so_here_too():
    profiles, fake = drawn()
    asked = trees.features(profiles)
    asked[fake, 2] = np.where(np.arange(fake.sum()) % 2, np.nan, asked[fake, 2])
    booster = training.lightgbm.train(
        training.SETTINGS, training.lightgbm.Dataset(asked, fake.astype(float)), 20
    )

    np.testing.assert_allclose(
        trees.grown([booster.dump_model()]).log_odds(asked), booster.predict(asked, raw_score=True)
    )


def test_a_model_that_was_written_and_read_says_the_same(trained):
    profiles, _ = drawn(seed=6)
    again = models.read(trained.written())

    np.testing.assert_array_equal(again.probability(profiles), trained.probability(profiles))
    assert again.errors == trained.errors
    assert again.needed == ("followers", "following", "posts", "has_profile_picture")


def test_a_row_without_what_every_trained_row_had_is_not_judged(trained):
    lacking = Profiles.of({"followers": [3], "following": [900], "posts": [0]})

    assert np.isnan(trained.probability(lacking)[0])


def test_the_report_is_of_rows_held_out():
    profiles, fake = drawn(rows=200)
    shuffled = np.random.default_rng(2).permutation(fake)
    report = training.held_out(profiles, shuffled, rng=np.random.default_rng(3))

    assert (report.rows, report.fakes) == (200, fake.sum())
    assert 0.3 < report.auc < 0.7


def test_the_scorecard_is_recalibrated_without_changing_the_order():
    profiles, fake = drawn()
    model = training.fitted(profiles, fake, rng=np.random.default_rng(1), boosted=False)
    chance = model.probability(profiles)

    assert model.forest is None
    assert chance.mean() == pytest.approx(fake.mean(), abs=0.01)
    assert (np.argsort(chance) == np.argsort(Model().probability(profiles))).all()
    assert model.errors.fakes == fake.sum()


@pytest.mark.parametrize("boosted", [True, False])
def test_few_labels_teach_nothing(boosted):
    profiles, fake = drawn(rows=100)
    few = fake & (np.cumsum(fake) < 20)

    with pytest.raises(training.CannotTrain, match="19 fakes"):
        training.fitted(profiles, few, rng=np.random.default_rng(1), boosted=boosted)


def test_without_the_system_library_trees_are_refused(monkeypatch):
    monkeypatch.setattr(training, "lightgbm", None)

    with pytest.raises(training.NoBooster, match="libgomp1"):
        training.fitted(*drawn(), rng=np.random.default_rng(1))


def test_calibration_finds_the_line_that_made_the_labels():
    rng = np.random.default_rng(8)
    odds = rng.normal(0, 3, 50_000)
    fake = rng.random(50_000) < special.expit(0.5 * odds - 1)
    line = calibration.fitted(odds, fake)

    assert line.slope == pytest.approx(0.5, abs=0.02)
    assert line.intercept == pytest.approx(-1, abs=0.05)


def test_calibration_stays_finite_where_labels_are_told_apart_perfectly():
    line = calibration.fitted(np.linspace(-5, 5, 40), np.arange(40) >= 20)

    assert line.slope > 0
    assert np.isfinite(line.intercept)


def test_ties_count_half_for_the_auc():
    report = training.measured(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]))

    assert report.auc == 0.875
    assert report.f1 == 0.8
    assert report.brier == pytest.approx((0.01 + 0.25 + 0.25 + 0.01) / 4)


def test_rows_of_whom_little_is_known_do_not_count_for_the_share():
    columns = {
        "posts": [3.0] * 60,
        "followers": [1.0] * 60,
        "following": [*[800.0] * 55, *[None] * 5],
    }
    found = Model().share(Profiles.of(columns))

    assert found.n == 55
    assert "5 rows are left out" in found.reason


def leaf(**changes):
    plain = Forest(*(np.array([each]) for each in (0, -1, 0.0, 0, 0, False, 0.5)), members=1)
    return replace(plain, **{name: np.array(value) for name, value in changes.items()})


@pytest.mark.parametrize(
    "changes",
    [
        {"feature": [0]},
        {"feature": [len(FEATURES)], "left": [1], "right": [1]},
        {"roots": [7]},
        {"roots": []},
        {"leaf": [1.0, 2.0]},
        {"leaf": [[1.0]]},
    ],
)
def test_trees_that_would_not_end_are_refused(changes):
    said = json.loads(replace(Model(), forest=leaf(), calibration=Platt()).written())
    said["forest"] |= changes

    with pytest.raises(BadModel):
        models.read(json.dumps(said))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"format": "another"}', "[" * 100_000,
     Model().written().replace("19", "21"), Model().written().replace("1.0", "NaN", 1)],
)  # fmt: skip
def test_what_is_no_model_is_refused(text):
    with pytest.raises(BadModel):
        models.read(text)
