-- Posts of the accounts in $accounts that were published from $since on and before $until, with
-- the newest count of each kind made before $until. An account without any has one row, without a
-- post. looked_at is when anything of the account was last counted before $until: known only where
-- its posts go back beyond $since, as else a post of then could be missing from what was imported.
WITH mine AS (
    SELECT account, platform, post_id, format, published_at, paid_partnership
    FROM posts
    WHERE
        account IN (SELECT unnest($accounts::VARCHAR[]))
        AND published_at >= $since::TIMESTAMPTZ
        AND published_at < $until::TIMESTAMPTZ
),
counts AS (
    SELECT
        platform,
        post_id,
        arg_max(views, observed_at) AS views,
        arg_max(likes, observed_at) AS likes,
        arg_max(comments, observed_at) AS comments,
        arg_max(shares, observed_at) AS shares,
        arg_max(saves, observed_at) AS saves,
        max(observed_at) AS counted_at
    FROM post_observations
    WHERE
        (account IN (SELECT unnest($accounts::VARCHAR[])) OR account IS NULL)
        AND post_id IN (SELECT post_id FROM mine)
        AND observed_at < $until::TIMESTAMPTZ
    GROUP BY platform, post_id
),
looks AS (
    SELECT account, max(observed_at) AS looked_at
    FROM (
        SELECT account, observed_at FROM account_observations
        UNION ALL
        SELECT account, observed_at FROM post_observations
    )
    WHERE
        account IN (SELECT unnest($accounts::VARCHAR[]))
        AND observed_at < $until::TIMESTAMPTZ
        AND account IN (SELECT account FROM posts WHERE published_at < $since::TIMESTAMPTZ)
    GROUP BY account
)
SELECT
    wanted.account,
    mine.post_id,
    mine.format,
    mine.published_at,
    mine.paid_partnership,
    counts.counted_at,
    counts.views,
    CASE WHEN counts.likes IS NOT NULL OR counts.comments IS NOT NULL
        THEN coalesce(counts.likes, 0) + coalesce(counts.comments, 0)
            + coalesce(counts.shares, 0) + coalesce(counts.saves, 0)
    END AS engagements,
    looks.looked_at
FROM (SELECT DISTINCT unnest($accounts::VARCHAR[]) AS account) AS wanted
LEFT JOIN mine ON mine.account = wanted.account
LEFT JOIN counts ON counts.platform = mine.platform AND counts.post_id = mine.post_id
LEFT JOIN looks ON looks.account = wanted.account
ORDER BY wanted.account, mine.published_at, mine.post_id
