-- Newest composition, in each dimension, of the audiences of the accounts in relation wanted
-- (account).
SELECT account, dimension, value, share
FROM audience_shares
SEMI JOIN wanted ON wanted.account = audience_shares.account
WHERE share IS NOT NULL
QUALIFY observed_at = max(observed_at) OVER (PARTITION BY account, dimension)
ORDER BY account, dimension, share DESC, value
