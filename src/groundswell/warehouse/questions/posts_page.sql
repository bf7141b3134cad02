-- One page of the posts of $account, newest first, each with the newest known count of each kind;
-- total is how many posts there are. With ids in $only, of these alone. Captions are cut where no
-- platform allows more.
WITH mine AS (
    SELECT *, count(*) OVER () AS total
    FROM posts
    WHERE
        account = $account
        AND (
            len($only::VARCHAR[]) = 0
            OR post_id IN (SELECT unnest($only::VARCHAR[]))
        )
    ORDER BY published_at DESC NULLS LAST, post_id
    LIMIT $most OFFSET $skipped
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
        arg_max(interactions, observed_at) AS interactions,
        arg_max(watch_time_s, observed_at) AS watch_time_s,
        arg_max(watch_average_s, observed_at) AS watch_average_s,
        max(observed_at) AS observed_at
    FROM post_observations
    WHERE
        (account = $account OR account IS NULL)
        AND post_id IN (SELECT post_id FROM mine)
    GROUP BY platform, post_id
)
SELECT
    mine.post_id,
    mine.format,
    mine.published_at,
    mine.url,
    left(mine.text, 5000) AS text,
    mine.links,
    mine.paid_partnership,
    mine.total,
    counts.* EXCLUDE (platform, post_id)
FROM mine
LEFT JOIN counts ON counts.platform = mine.platform AND counts.post_id = mine.post_id
ORDER BY mine.published_at DESC NULLS LAST, mine.post_id
