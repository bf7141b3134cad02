-- Newest composition by country of the audiences of the accounts in relation wanted (account).
SELECT account, dimension, value, observed_at, share, sample_size
FROM audience_shares
SEMI JOIN wanted ON wanted.account = audience_shares.account
WHERE dimension = 'country'
QUALIFY observed_at = max(observed_at) OVER (PARTITION BY account)
