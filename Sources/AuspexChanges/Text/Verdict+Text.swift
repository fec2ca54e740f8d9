import AuspexSignals

extension Verdict {
    /// The verdict in a few lines, then a table of its reasons.
    package var table: String {
        var lines = ["verdict   \(verdict.rawValue.uppercased())" + (dryRun ? " (dry run: nobody is stopped)" : "")]
        lines.append("change    " + subject)
        lines.append("score     " + (score.map { NumberText.short($0) + " of 100, higher is worse" } ?? "not known"))
        if let risk {
            lines.append(
                "risk      percentile \(NumberText.short(risk.percentile)), model \(risk.model)"
                    + (risk.calibrated ? "" : ", not calibrated"))
        } else {
            lines.append("risk      not known")
        }
        if let health {
            let groups = health.groups.map { "\($0.name) \(NumberText.short($0.score))" }.joined(separator: ", ")
            lines.append("health    \(NumberText.short(health.score)) of 100 (\(groups))")
        } else {
            lines.append("health    not known")
        }
        if let points, !points.rules.isEmpty {
            let rules = points.rules.map { "\($0.rule) \(NumberText.short($0.score))" }.joined(separator: ", ")
            lines.append("points    \(NumberText.short(points.score)) (\(rules))")
        }
        if let override { lines.append("override  by \(override.by) at \(override.at.iso8601): \(override.reason)") }
        lines += missing.map { "missing   " + $0 }
        lines.append("policy    \(policy.name), valid until \(expiresAt.iso8601), id \(id)")
        let top = lines.map { TextTable.printable($0) + "\n" }.joined()
        return reasons.isEmpty ? top : top + "\n" + ReasonTable.text(reasons)
    }

    /// One line for a hook's answer or a commit status: the decision and what weighed most.
    package var summary: String {
        let cause = reasons.first { $0.weight > 0 }?.text ?? missing.first ?? "nothing speaks against it"
        return TextTable.printable("\(verdict.rawValue): \(subject): \(cause)")
    }

    /// Which change, in a few words.
    var subject: String {
        let revision = version.isEmpty ? sha : version
        return service + (revision.isEmpty ? "" : " " + revision) + (environment.isEmpty ? "" : " in " + environment)
    }
}
