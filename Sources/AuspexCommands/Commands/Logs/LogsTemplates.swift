public import ArgumentParser
public import AuspexLogs

/// Lists the templates of a log.
struct LogsTemplates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "List the templates: how often, first and last seen, what their parameters look like, an example.",
        discussion: "The list in ndjson can be given to --known, so that another log has the same ids.")

    @OptionGroup var input: LogsInput

    @Option(help: "table, csv or ndjson.")
    var format: TemplateListing.Format = .table

    func run() async throws {
        var run = LogRun(.parse, format: .csv, stream: try input.stream())
        try input.learn(&run)
        Terminal.write(TemplateListing(run.stream).text(format))
        LogsNotes.tell(run.summary)
    }
}

extension TemplateListing.Format: ExpressibleByArgument {}
