-- Sends ready requests from a file, each once: a length in bytes, a line end, the request.
-- The threads share the file out, so that no id is sent by two.
local count = 0

function setup(thread)
  thread:set("number", count)
  count = count + 1
end

function init(args)
  requests = {}
  local file = assert(io.open(args[1], "rb"))
  local threads = tonumber(args[2])
  local at = 0
  while true do
    local length = file:read("*l")
    if not length then break end
    local text = file:read(tonumber(length))
    if at % threads == number then requests[#requests + 1] = text end
    at = at + 1
  end
  file:close()
  next_request = 0
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency)
  io.write(string.format(
    '\n{"requests":%d,"durationMs":%f,"p99Ms":%f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1000, latency:percentile(99) / 1000, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
