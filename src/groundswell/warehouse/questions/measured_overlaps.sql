-- Newest measured overlap of each pair of accounts.
SELECT
    account_a,
    account_b,
    kind,
    arg_max(shared, observed_at) AS shared,
    arg_max(size_a, observed_at) AS size_a,
    arg_max(size_b, observed_at) AS size_b,
    arg_max(threshold, observed_at) AS threshold,
    max(observed_at) AS observed_at
FROM "overlaps"
GROUP BY account_a, account_b, kind
ORDER BY account_a, account_b, kind
