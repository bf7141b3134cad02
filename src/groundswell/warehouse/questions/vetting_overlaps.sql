-- Newest measured overlaps in both directions, as codes of relation wanted (account, code).
WITH newest AS (
    SELECT account_a, account_b, arg_max(shared, observed_at) AS shared, max(observed_at) AS "at"
    FROM "overlaps"
    GROUP BY account_a, account_b
),
both_ways AS (
    SELECT account_a AS account, account_b AS other, shared, "at" FROM newest
    UNION ALL
    SELECT account_b, account_a, shared, "at" FROM newest
)
SELECT
    mine.code::BIGINT AS account,
    theirs.code::BIGINT AS other,
    both_ways.shared,
    epoch_us(both_ways."at") AS "at"
FROM both_ways
JOIN wanted AS mine ON mine.account = both_ways.account
JOIN wanted AS theirs ON theirs.account = both_ways.other
WHERE both_ways.shared > 0
