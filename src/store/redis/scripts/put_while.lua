-- KEYS[2] is what must still be as it was when whoever writes took it over.
local guard = live(KEYS[2])
if not guard or body(guard) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
return 1
