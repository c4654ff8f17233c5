-- A script goes to the server that has KEYS[1], and nowhere else; the command alone goes to any.
return redis.call('SCAN', ARGV[2], 'MATCH', ARGV[3], 'COUNT', ARGV[4])
