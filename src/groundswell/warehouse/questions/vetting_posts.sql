-- Posts of the accounts in relation wanted (account, followers) with the newest known count of each
-- kind, and the followers that the account had when it published: the newest count before, else the
-- first count ever made, else the count in wanted. No platform allows captions of more than 5,000
-- characters; what is longer is cut.
WITH mine AS (
    SELECT posts.*
    FROM posts
    SEMI JOIN wanted ON wanted.account = posts.account
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
    SEMI JOIN mine ON mine.platform = post_observations.platform
        AND mine.post_id = post_observations.post_id
    GROUP BY platform, post_id
),
series AS (
    SELECT account, observed_at, followers
    FROM account_observations
    SEMI JOIN wanted ON wanted.account = account_observations.account
    WHERE followers > 0
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
    coalesce(before.followers, first_count.followers, wanted.followers) AS followers
FROM mine
JOIN wanted ON wanted.account = mine.account
LEFT JOIN counts ON counts.platform = mine.platform AND counts.post_id = mine.post_id
ASOF LEFT JOIN series AS before
    ON before.account = mine.account AND before.observed_at <= mine.published_at
LEFT JOIN first_count ON first_count.account = mine.account
