-- The position before the first, and the values.
local dropped = tonumber(redis.call('GET', KEYS[2]) or '0')
local first = math.max(tonumber(ARGV[2]) - dropped, 0)
return {dropped + first, redis.call('LRANGE', KEYS[1], first, first + tonumber(ARGV[3]) - 1)}
