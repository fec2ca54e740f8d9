import ArgumentParser
import AuspexDetection

/// Lists and describes the detectors.
struct Detectors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the detectors, or describe one.", subcommands: [List.self, Describe.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all detectors by name.")

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        func run() async throws {
            let descriptors = try OfflineDetectors().registry.descriptors
            switch format {
            case .json: Terminal.print(try json(descriptors))
            case .table:
                let rows = descriptors.map { [$0.name, $0.kind.rawValue, $0.family, $0.summary] }
                Terminal.print(aligned([["NAME", "KIND", "FAMILY", "FINDS"]] + rows))
            }
        }
    }

    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a detector does, its parameters, its cost and where it comes from.")

        @Argument(help: "The detector's name.")
        var name: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        func run() async throws {
            let forms = try Failure.ofInput { try OfflineDetectors().registry.descriptors(of: name) }
            guard format == .table else {
                return Terminal.print(try forms.count == 1 ? json(forms[0]) : json(forms))
            }
            Terminal.print(forms.map { aligned(Self.rows($0)) }.joined(separator: "\n\n"))
        }

        private static func rows(_ descriptor: DetectorDescriptor) -> [[String]] {
            [
                ["name", descriptor.name], ["kind", descriptor.kind.rawValue], ["family", descriptor.family],
                ["finds", descriptor.summary], ["history", descriptor.minimumHistory], ["cost", descriptor.cost],
                ["memory", descriptor.memory], ["source", descriptor.source],
            ]
                + descriptor.parameters.map { parameter in
                    [
                        "parameter",
                        "\(parameter.name)=\(parameter.defaultValue): \(parameter.meaning); \(parameter.range)",
                    ]
                }
        }
    }
}
