-- On how many posts of each platform each topic stands; topic null counts the posts with any.
-- A post's topics are its categories, else its hashtags.
WITH labelled AS (
    SELECT
        platform,
        list_distinct(
            list_transform(
                CASE WHEN len(categories) > 0 THEN categories ELSE hashtags END,
                lambda topic: lower(topic)
            )
        ) AS topics
    FROM posts
)
SELECT platform, topic, count(*) AS posts
FROM (SELECT platform, unnest(topics) AS topic FROM labelled)
GROUP BY platform, topic
UNION ALL
SELECT platform, NULL, count(*)
FROM labelled
WHERE len(topics) > 0
GROUP BY platform
