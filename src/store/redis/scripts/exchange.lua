local raw = live(KEYS[1])
if not raw or body(raw) ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], string.sub(raw, 1, 16) .. ARGV[3], 'KEEPTTL')
return 1
