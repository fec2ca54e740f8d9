import AuspexDocuments
import AuspexRunbooks

extension ConfigurationLoader {
    /// Reads who commands may run as, and what they may use: `users` and `limits` of `actions:`.
    static func applyProcesses(_ reader: inout MappingReader, to actions: inout EngineConfiguration.Actions) {
        if let users = reader.optionalStrings("users") {
            if users.contains(where: \.isEmpty) {
                reader.report("users", "'users' must be names of users, as in /etc/passwd")
            }
            actions.users = users
        }
        if var section = reader.optionalMapping("limits") { actions.limits = section.limits() }
    }
}
