# Runs RabbitMQ ($1) with a port mapper of its own, which ends with it.

# The orchestrator signals every process of the tree at once; the port mapper is needed until the broker has ended.
(trap '' TERM; exec epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1) & mapper=$!
"$1" & server=$!

ask() { # NAME EXPRESSIONS: has another Erlang node talk to the broker's
  erl -noinput -hidden -sname "$1-$$@localhost" -kernel inet_dist_use_interface "{127,0,0,1}" \
    -eval "Broker = list_to_atom(os:getenv(\"RABBITMQ_NODENAME\")), $2, halt()."
}

# A broker that stops on SIGTERM takes 5 seconds longer than it has to: its management agent asks the very process that is stopping it
# to change a setting, and gives up. So it is told to ignore the signal, and asked to stop when the agent has been taken out.
ask start '
  Up = fun Up(0) -> ok; Up(Tries) -> net_adm:ping(Broker) =:= pong orelse begin timer:sleep(200), Up(Tries - 1) end end, Up(300),
  rpc:call(Broker, rabbit, await_startup, [], 60000), rpc:call(Broker, os, set_signal, [sigterm, ignore], 5000)' & asking=$!
trap '
  kill -KILL $asking 2>/dev/null
  ask stop "rpc:call(Broker, gen_event, delete_handler, [rabbit_event, rabbit_mgmt_db_handler, stop], 2000), rpc:call(Broker, init, stop, [], 2000)"
  kill -TERM $server' TERM

while wait $server; code=$?; kill -0 $server 2>/dev/null; do :; done
kill -KILL $mapper $asking 2>/dev/null
exit $code
