-- Newest measured overlaps of each two of the accounts in $accounts.
SELECT
    account_a,
    account_b,
    arg_max(shared, observed_at) AS shared,
    arg_max(size_a, observed_at) AS size_a,
    arg_max(size_b, observed_at) AS size_b,
    max(observed_at) AS observed_at
FROM "overlaps"
WHERE
    account_a IN (SELECT unnest($accounts::VARCHAR[]))
    AND account_b IN (SELECT unnest($accounts::VARCHAR[]))
GROUP BY account_a, account_b
ORDER BY account_a, account_b
