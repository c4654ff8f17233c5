local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
-- The newest stays: positions go on from it.
local drop = math.min(tonumber(ARGV[2]) - dropped, redis.call('LLEN', KEYS[1]) - 1)
if drop <= 0 then return 0 end
redis.call('LTRIM', KEYS[1], drop, -1)
redis.call('SET', KEYS[2], string.format('%d', dropped + drop))
return drop
