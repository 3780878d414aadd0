using Aspire.Dashboard;

DashboardApp.Create(args).Run();
