import ArgumentParser
import AuspexActions
import AuspexRunbooks

/// Shows the evidence that a run has collected.
struct RunbookCollect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "List the evidence that a run has collected, or print one file of it. Read where the engine keeps it."
    )

    @Argument(help: "The run's id.")
    var run: String

    @Option(help: "The engine's data directory.")
    var data: String

    @Option(help: "The bundle that --file is in, as the list names it.")
    var bundle: String?

    @Option(help: "Print this file of the bundle, as it is.")
    var file: String?

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    func validate() throws {
        if (file == nil) != (bundle == nil) { throw ValidationError("--bundle and --file go together") }
    }

    func run() async throws {
        let evidence = EvidenceBundles(dataDirectory: data)
        if let bundle, let file {
            let bytes = try Failure.ofInput { try evidence.contents(of: file, bundle: bundle, run: run) }
            Terminal.write(bytes: bytes)
            return
        }
        let bundles = evidence.bundles(of: run)
        guard !bundles.isEmpty else { throw Failure(.input, "\(data): holds no evidence of run \(run)") }
        guard format == .table else { return Terminal.print(try json(bundles.map(\.manifest))) }
        let rows = bundles.flatMap { bundle in
            bundle.manifest.parts.map { part in
                [bundle.name, part.file ?? "-", "\(part.bytes)", part.what, part.problem ?? ""].map(PlainText.line)
            }
        }
        Terminal.print(aligned([["BUNDLE", "FILE", "BYTES", "WHAT", "PROBLEM"]] + rows))
    }
}
