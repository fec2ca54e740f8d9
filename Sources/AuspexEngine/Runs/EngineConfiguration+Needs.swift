import AuspexActions
package import AuspexDocuments
import AuspexRules
package import AuspexRunbooks
import AuspexSignals

extension EngineConfiguration {
    /// What these runbooks need and this configuration does not give them: programs, users, hosts, channels and rules, each
    /// with the place of the step that needs it. What a parameter names is left to the plan.
    ///
    /// - Throws: `DocumentError` with every mistake in the configuration's own rules and runbooks.
    package func shortcomings(of runbooks: [Runbook]) throws -> [DocumentDiagnostic] {
        let library = try Library(self)
        let hosts = try HostAllowList(actions.httpHosts)
        let checked = try HostAllowList(actions.httpHosts + actions.checkHosts)
        let known = library.rules.rules.map(\.id)
        return runbooks.flatMap(\.needs).compactMap { need in
            let message: String? =
                switch need.kind {
                case .executable:
                    actions.executables.contains {
                        $0 == need.name || !need.name.contains("/") && $0.hasSuffix("/" + need.name)
                    }
                        ? nil
                        : "\(need.name) is not in actions.executables" + suggestion(for: need.name, actions.executables)
                case .user:
                    actions.users.contains(need.name)
                        ? nil
                        : "\(need.name) is not among actions.users" + suggestion(for: need.name, actions.users)
                case .origin:
                    need.isOpen || hosts.allows(need.name)
                        ? nil
                        : "\(need.name) is not among actions.http_hosts" + suggestion(for: need.name, actions.httpHosts)
                case .endpoint:
                    need.isOpen || checked.allows("https://\(need.name)")
                        ? nil : "\(need.name) is neither among actions.check_hosts nor among actions.http_hosts"
                case .file:
                    need.isOpen || actions.collectPaths.contains { need.name.hasPrefix($0 == "/" ? $0 : $0 + "/") }
                        ? nil
                        : "\(need.name) is below none of actions.collect_paths"
                            + suggestion(for: need.name, actions.collectPaths)
                case .secret:
                    actions.secrets[need.name] != nil
                        ? nil
                        : "there is no secret '\(need.name)' in actions.secrets"
                            + suggestion(for: need.name, actions.secrets.keys.sorted())
                case .channel:
                    actions.channels.keys.contains(need.name)
                        ? nil
                        : "there is no channel '\(need.name)' in actions.channels"
                            + suggestion(for: need.name, actions.channels.keys.sorted())
                case .rule:
                    need.isOpen || rulePaths.isEmpty || known.contains(need.name)
                        ? nil : "there is no rule '\(need.name)'" + suggestion(for: need.name, known)
                case .metric: nil
                }
            return message.map { DocumentDiagnostic(location: need.location, message: $0) }
        }
    }

    private func suggestion(for name: String, _ candidates: [String]) -> String {
        guard !candidates.isEmpty else { return ", which is empty" }
        return nearestName(to: name, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }
}
