local raw = live(KEYS[1])
if not raw or (ARGV[2] and body(raw) ~= ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
if KEYS[2] then redis.call('ZREM', KEYS[2], KEYS[1]) end
return 1
