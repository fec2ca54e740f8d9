import ArgumentParser

/// Checks, plans, starts and follows runbooks.
struct RunbookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runbook", abstract: "Check, plan, start and follow runbooks.",
        groupedSubcommands: [
            CommandGroup(
                name: "Before a run:", subcommands: [RunbookValidate.self, RunbookInspect.self, RunbookPlan.self]),
            CommandGroup(
                name: "A run:",
                subcommands: [RunbookRun.self, RunbookList.self, RunbookShow.self, RunbookCollect.self]),
            CommandGroup(
                name: "What people say to runs:",
                subcommands: [
                    RunbookApprove.self, RunbookCancel.self, RunbookDecide.self, RunbookPause.self, RunbookResume.self,
                    RunbookSkip.self, RunbookRetry.self,
                ]),
            CommandGroup(
                name: "What keeps runs safe:",
                subcommands: [
                    RunbookPromote.self, RunbookDemote.self, RunbookPromotions.self, RunbookReset.self,
                    RunbookBreakers.self, RunbookLocks.self, RunbookStatisticsCommand.self,
                ]),
        ])
}
