import AuspexActions
import AuspexDocuments
import AuspexRunbooks

/// What health checks and the collection of evidence may reach, in `actions:`.
extension ConfigurationLoader {
    static func applyChecks(_ reader: inout MappingReader, to actions: inout EngineConfiguration.Actions) {
        if let hosts = reader.optionalStrings("check_hosts") {
            do throws(HostAllowListError) {
                _ = try HostAllowList(hosts)
            } catch {
                reader.report("check_hosts", "'check_hosts': \(error)")
            }
            actions.checkHosts = hosts
        }
        if let paths = reader.optionalStrings("collect_paths") {
            for path in paths where !HealthCheck.isPath(path) {
                reader.report(
                    "collect_paths",
                    "'collect_paths' must be absolute paths below '/', without '.' and '..', not '\(path)'")
            }
            actions.collectPaths = paths
        }
    }
}
