-- Averages that sources report of the accounts in relation wanted (account, followers), with the
-- followers counted nearest before, else the count in wanted.
WITH mine AS (
    SELECT account_averages.*
    FROM account_averages
    SEMI JOIN wanted ON wanted.account = account_averages.account
)
SELECT
    mine.account,
    mine.observed_at,
    mine."window",
    mine.engagement_average,
    mine.authentic_engagement_average,
    mine.views_average,
    mine.likes_average,
    mine.comments_average,
    mine.shares_average,
    mine.followers_gained,
    coalesce(before.followers, wanted.followers) AS followers
FROM mine
JOIN wanted ON wanted.account = mine.account
ASOF LEFT JOIN (
    SELECT account, observed_at, followers
    FROM account_observations
    SEMI JOIN wanted ON wanted.account = account_observations.account
    WHERE followers > 0
) AS before
    ON before.account = mine.account AND before.observed_at <= mine.observed_at
