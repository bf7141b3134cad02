-- For each two of the accounts in $accounts, in the order of their ids: people known in each
-- audience, and people known in both, whatever the kind of membership was.
WITH people AS (
    SELECT DISTINCT account, member
    FROM memberships
    WHERE account IN (SELECT unnest($accounts::VARCHAR[]))
),
sizes AS (
    SELECT account, count(*) AS size
    FROM people
    GROUP BY account
),
both_in AS (
    SELECT a.account AS account_a, b.account AS account_b, count(*) AS shared
    FROM people AS a
    JOIN people AS b ON b.member = a.member AND a.account < b.account
    GROUP BY a.account, b.account
)
SELECT
    a.account AS account_a,
    b.account AS account_b,
    a.size AS size_a,
    b.size AS size_b,
    coalesce(both_in.shared, 0) AS shared
FROM sizes AS a
JOIN sizes AS b ON a.account < b.account
LEFT JOIN both_in ON both_in.account_a = a.account AND both_in.account_b = b.account
ORDER BY a.account, b.account
