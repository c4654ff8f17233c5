-- A value is a letter, fifteen digits of when it ends (zeros: never), and the rest. ARGV[1] is the time now, in the same milliseconds since 1970.
-- `linger`, which stands in front, is how much later than its end something is removed by Redis itself.
local now = tonumber(ARGV[1])

local function body(raw)
  return string.sub(raw, 17)
end

local function ends(raw)
  return tonumber(string.sub(raw, 2, 16))
end

-- What is at the key, unless it has ended.
local function live(key)
  local raw = redis.call('GET', key)
  if not raw or (ends(raw) ~= 0 and ends(raw) <= now) then return nil end
  return raw
end

-- Writes an entry; where entries of its kind are counted, its end too.
local function write(raw)
  local at = ends(raw)
  if at == 0 then
    redis.call('SET', KEYS[1], raw)
  else
    redis.call('SET', KEYS[1], raw, 'PXAT', string.format('%d', at + linger))
  end
  if KEYS[2] then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
    if at == 0 then
      redis.call('ZREM', KEYS[2], KEYS[1])
    else
      redis.call('ZADD', KEYS[2], at, KEYS[1])
    end
  end
end

-- Takes these members out of an index.
local function take_out(members)
  if #members > 0 then
    redis.call('HDEL', KEYS[1], unpack(members))
    redis.call('ZREM', KEYS[2], unpack(members))
  end
  return #members
end

