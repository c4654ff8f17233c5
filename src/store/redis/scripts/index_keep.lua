local ending = redis.call('ZCOUNT', KEYS[2], '-inf', '(inf')
local surplus = math.min(ending - tonumber(ARGV[2]), 500)
if surplus <= 0 then return 0 end
return take_out(redis.call('ZRANGE', KEYS[2], 0, surplus - 1))
