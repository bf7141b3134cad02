-- The newest $most posts since $since of each of the accounts in $accounts, with the newest known
-- count of each kind, and the followers that the account had when it published: the newest count
-- before, else the first count ever made.
WITH mine AS (
    SELECT *
    FROM posts
    WHERE
        account IN (SELECT unnest($accounts::VARCHAR[]))
        AND published_at >= $since::TIMESTAMPTZ
    QUALIFY row_number() OVER (PARTITION BY account ORDER BY published_at DESC, post_id) <= $most
),
counts AS (
    SELECT
        platform,
        post_id,
        arg_max(views, observed_at) AS views,
        arg_max(reach, observed_at) AS reach,
        arg_max(likes, observed_at) AS likes,
        arg_max(comments, observed_at) AS comments,
        arg_max(shares, observed_at) AS shares,
        arg_max(saves, observed_at) AS saves,
        max(observed_at) AS observed_at
    FROM post_observations
    WHERE
        (account IN (SELECT unnest($accounts::VARCHAR[])) OR account IS NULL)
        AND post_id IN (SELECT post_id FROM mine)
    GROUP BY platform, post_id
),
series AS (
    SELECT account, observed_at, followers
    FROM account_observations
    WHERE account IN (SELECT unnest($accounts::VARCHAR[])) AND followers > 0
),
first_count AS (
    SELECT account, arg_min(followers, observed_at) AS followers
    FROM series
    GROUP BY account
)
SELECT
    mine.account,
    mine.post_id,
    mine.format,
    mine.published_at,
    left(mine.text, 5000) AS text,
    mine.language,
    mine.hashtags,
    mine.links,
    mine.categories,
    mine.paid_partnership,
    counts.observed_at,
    counts.views,
    counts.reach,
    counts.likes,
    counts.comments,
    counts.shares,
    counts.saves,
    coalesce(before.followers, first_count.followers) AS followers
FROM mine
LEFT JOIN first_count ON first_count.account = mine.account
LEFT JOIN counts ON counts.platform = mine.platform AND counts.post_id = mine.post_id
ASOF LEFT JOIN series AS before
    ON before.account = mine.account AND before.observed_at <= mine.published_at
