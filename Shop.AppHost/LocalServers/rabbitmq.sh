# Runs RabbitMQ ($1) with a port mapper of its own, which ends with it.
epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 & mapper=$!
"$1" & server=$!

# When the broker stops, its management agent asks the very process that is stopping it to change a setting, and gives up after
# 5 seconds. Taken out before, while that process still answers, it costs half a second.
trap '
  erl -noinput -hidden -sname "stop-$$@localhost" -kernel inet_dist_use_interface "{127,0,0,1}" -eval \
    "rpc:call(list_to_atom(os:getenv(\"RABBITMQ_NODENAME\")), gen_event, delete_handler, [rabbit_event, rabbit_mgmt_db_handler, stop], 2000), halt()."
  kill -TERM $server' TERM

while wait $server; code=$?; kill -0 $server 2>/dev/null; do :; done
kill $mapper
exit $code
