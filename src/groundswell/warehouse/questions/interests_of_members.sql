-- Of how many people in the audience of $account a topic is known, that of another account whose
-- audience they are in too (relation labelled: account, is_wanted), and of how many a wanted one.
WITH mine AS (
    SELECT DISTINCT member FROM memberships WHERE account = $account
),
people AS (
    SELECT
        memberships.member,
        bool_or(labelled.is_wanted) AS is_wanted,
        max(memberships."at") AS seen_at
    FROM memberships
    JOIN mine USING (member)
    JOIN labelled ON labelled.account = memberships.account
    WHERE memberships.account <> $account
    GROUP BY memberships.member
)
SELECT
    count(*) AS people,
    count(*) FILTER (WHERE is_wanted) AS interested,
    max(seen_at) AS seen_at
FROM people
