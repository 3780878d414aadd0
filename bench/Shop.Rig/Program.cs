using Shop.Rig;

return args is [var name, .. var rest] && Commands.Find(name) is { } command
    ? await command.RunAsync(rest)
    : Commands.PrintUsage();
