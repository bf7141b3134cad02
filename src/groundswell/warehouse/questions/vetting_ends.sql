-- The newest moment that the data of each platform reaches, not later than $now.
SELECT platform, max("at") AS ends_at
FROM (
    SELECT platform, published_at AS "at" FROM posts
    UNION ALL SELECT platform, observed_at FROM post_observations
    UNION ALL SELECT platform, observed_at FROM account_observations
    UNION ALL SELECT platform, observed_at FROM account_averages
)
WHERE "at" <= $now::TIMESTAMPTZ
GROUP BY platform
