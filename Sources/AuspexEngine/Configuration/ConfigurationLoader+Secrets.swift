import AuspexActions
import AuspexDocuments
import AuspexRunbooks
import AuspexSignals

extension ConfigurationLoader {
    /// How long a command that prints a secret may take: a step waits for it.
    private static let commandTimes = TimeSpan.seconds(1)...TimeSpan.minutes(1)

    /// The mapping `secrets`: names, each with the place where the value is.
    static func secretSources(_ reader: inout MappingReader) -> [String: SecretSource] {
        var sources: [String: SecretSource] = [:]
        for entry in reader.optionalEntries("secrets") ?? [] {
            if !Parameter.isName(entry.key) {
                reader.collector.report(
                    entry.keyLocation, "'\(entry.key)' must be letters, digits and '_', first a letter or '_'")
            }
            var place = MappingReader(entry.value, named: "secret '\(entry.key)'", reporting: reader.collector)
            sources[entry.key] = source(&place)
            place.finish()
        }
        return sources
    }

    private static func source(_ reader: inout MappingReader) -> SecretSource? {
        let file = reader.optionalString("file")
        let variable = reader.optionalString("env")
        let command = reader.optionalStrings("command")
        let timeout = reader.optionalDuration("timeout", in: commandTimes)
        if reader.has("timeout"), !reader.has("command") {
            reader.report("timeout", "only a secret that a 'command' prints has a 'timeout'")
        }
        guard ["file", "env", "command"].count(where: reader.has) == 1 else {
            reader.collector.report(reader.location, "\(reader.name) needs exactly one of 'file', 'env' and 'command'")
            return nil
        }
        if let file {
            if !file.hasPrefix("/") { reader.report("file", "'file' must be an absolute path, not '\(file)'") }
            return .file(file)
        }
        if let variable { return .variable(variable) }
        guard let command else { return nil }
        guard let program = command.first, program.hasPrefix("/") else {
            reader.report("command", "'command' must begin with the absolute path of the program")
            return nil
        }
        return .command(command, timeout: timeout ?? SecretSource.defaultTimeout)
    }
}
