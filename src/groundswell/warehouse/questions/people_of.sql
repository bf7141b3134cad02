-- The $most people known to be in the audience of $account who were seen last: how each is known,
-- and in how many other audiences of the workspace each is too.
WITH mine AS (
    SELECT member, list_sort(list_distinct(list(kind))) AS kinds, max("at") AS seen_at
    FROM memberships
    WHERE account = $account
    GROUP BY member
    ORDER BY seen_at DESC NULLS LAST, member
    LIMIT $most
),
others AS (
    SELECT member, count(DISTINCT account) AS also_in
    FROM memberships
    WHERE account <> $account AND member IN (SELECT member FROM mine)
    GROUP BY member
)
SELECT mine.member, mine.kinds, mine.seen_at, coalesce(others.also_in, 0)::INTEGER AS also_in
FROM mine
LEFT JOIN others USING (member)
ORDER BY mine.seen_at DESC NULLS LAST, mine.member
