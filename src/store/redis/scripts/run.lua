-- What the server has called itself since it was started.
return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
