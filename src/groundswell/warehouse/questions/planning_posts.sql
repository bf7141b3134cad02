-- Views and engagements of the newest $most posts of each account and format, as last counted, and
-- whether they were declared as paid; only of posts that were three days old when counted: before,
-- they still gather most of what they get.
WITH counts AS (
    SELECT
        platform,
        post_id,
        arg_max(views, observed_at) AS views,
        arg_max(likes, observed_at) AS likes,
        arg_max(comments, observed_at) AS comments,
        arg_max(shares, observed_at) AS shares,
        arg_max(saves, observed_at) AS saves,
        max(observed_at) AS observed_at
    FROM post_observations
    GROUP BY platform, post_id
),
known AS (
    SELECT
        posts.account,
        posts.format,
        posts.paid_partnership AS sponsored,
        counts.views,
        CASE WHEN counts.likes IS NOT NULL OR counts.comments IS NOT NULL
            THEN coalesce(counts.likes, 0) + coalesce(counts.comments, 0)
                + coalesce(counts.shares, 0) + coalesce(counts.saves, 0)
        END AS engagements,
        row_number() OVER (
            PARTITION BY posts.account, posts.format
            ORDER BY posts.published_at DESC NULLS LAST, posts.post_id
        ) AS place
    FROM posts
    JOIN counts USING (platform, post_id)
    WHERE posts.account IS NOT NULL
        AND (counts.views IS NOT NULL OR counts.likes IS NOT NULL OR counts.comments IS NOT NULL)
        AND (
            posts.published_at IS NULL
            OR counts.observed_at >= posts.published_at + INTERVAL 3 DAY
        )
)
SELECT account, format, sponsored, views, engagements
FROM known
WHERE place <= $most
ORDER BY account, format, place
