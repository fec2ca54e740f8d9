import ArgumentParser

/// Checks, exports and shows the audit.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check, export and show what was done, by whom and why.",
        subcommands: [AuditVerify.self, AuditExport.self, AuditTail.self])
}
