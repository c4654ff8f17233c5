return redis.call('CLUSTER', 'SLOTS')
