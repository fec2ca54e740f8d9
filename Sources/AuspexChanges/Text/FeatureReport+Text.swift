import AuspexSignals

extension FeatureReport {
    /// A table with one row a commit and one for the whole range, then the notes.
    package var table: String {
        let features = ChangeFeature.allCases
        var table = TextTable(
            [("commit", .left)] + features.map { ($0.rawValue, .right) } + [("author", .left), ("subject", .left)])
        for commit in commits {
            let subject = (commit.isMerge ? "(merge) " : "") + commit.subject
            table.append(
                [String(commit.sha.prefix(Self.shortSHA))]
                    + features.map { NumberText.short($0.value(of: commit.features)) }
                    + [String(commit.author.prefix(Self.longestAuthor)), String(subject.prefix(Self.longestSubject))])
        }
        if commits.count != 1 {
            table.append(["range"] + features.map { NumberText.short($0.value(of: change)) })
        }
        let lines =
            content.lines + ["\(history.count) earlier changes of \(commits.count) commit(s) each to compare with"]
            + notes
        return table.text + "\n" + lines.map { "note: " + TextTable.printable($0) + "\n" }.joined()
    }

    private static let shortSHA = 12
    private static let longestAuthor = 20
    private static let longestSubject = 60
}

extension RiskAssessment {
    /// The risk in a few lines, then a table of its reasons.
    package var table: String {
        var lines: [String] = []
        if let risk {
            lines.append("percentile   \(NumberText.short(risk.percentile)) of this repository's earlier changes")
            lines.append("probability  \(risk.probability.map(NumberText.short) ?? "not known")")
            let usual = risk.probability == nil ? "the median" : "the share of harmful changes in the training"
            lines.append("lift         \(risk.lift.map { "\(NumberText.short($0)) times \(usual)" } ?? "not known")")
            lines.append(
                "model        \(risk.model), trained on \(risk.trainedOn) outcomes,"
                    + (risk.calibrated ? " calibrated" : " not calibrated"))
        } else {
            lines.append("risk         not known")
        }
        lines += (content?.lines ?? []).map { "content      " + $0 }
        lines += missing.map { "missing      " + $0 }
        return lines.map { TextTable.printable($0) + "\n" }.joined() + "\n" + ReasonTable.text(reasons)
    }
}

extension ChangeContent {
    /// The kinds of files and the time of the newest commit in words; nothing where nothing is known.
    var lines: [String] {
        let kinds = FileKind.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
        let time = committedAt.map { moment in
            let clock = ClockTime(moment)
            return "the newest commit is of \(clock.weekday.rawValue), \(clock.hour) h UTC"
        }
        return (kinds.isEmpty ? [] : ["files: " + kinds.joined(separator: ", ") + (lacksTests ? "; no tests" : "")])
            + [time].compactMap(\.self)
    }
}

/// Reasons as a table.
enum ReasonTable {
    static func text(_ reasons: [Reason]) -> String {
        var table = TextTable([("weight", .right), ("value", .right), ("baseline", .right), ("reason", .left)])
        for reason in reasons {
            table.append([
                NumberText.short(reason.weight), reason.value.map(NumberText.short) ?? "",
                reason.baseline.map(NumberText.short) ?? "", reason.text,
            ])
        }
        return table.text
    }
}
