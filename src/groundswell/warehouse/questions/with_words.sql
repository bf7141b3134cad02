-- Accounts in relation wanted (account) of whose posts words are kept that networks brought: those
-- of the publications in relation network (publication), or all of them when $is_known is false.
SELECT DISTINCT account
FROM newest_posts
SEMI JOIN wanted USING (account)
WHERE coalesce("text", hashtags[1], mentions[1], links[1]) IS NOT NULL
    AND (
        NOT $is_known
        OR publication IN (SELECT publication FROM network)
        OR (mixed AND publication > (SELECT min(publication) FROM network))
    )
