local raw = redis.call('HGET', KEYS[1], ARGV[4])
if not raw or body(raw) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[4], string.sub(raw, 1, 16) .. ARGV[3])
return 1
