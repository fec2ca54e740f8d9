extension SessionDetector {
    /// Differences and steps that are told.
    private static let most = 3

    /// What sets a session apart from the nearest usual one.
    func explanation(_ session: LogSession, _ distance: Double, _ nearest: CountVector?) -> String {
        let steps = newTransitions(of: session)
        var parts: [String] = []
        if let nearest {
            parts.append("\(Wording.number(distance)) away from the nearest usual session")
            parts += differences(session.counts, nearest)
        } else {
            parts.append("nothing in common with any usual session")
        }
        if !steps.isEmpty {
            let shown = steps.prefix(Self.most).map { step in
                "\(step.from?.description ?? "start") to \(step.to?.description ?? "end")"
            }
            let more = steps.count > Self.most ? " and \(steps.count - Self.most) more" : ""
            parts.append("steps never seen before: \(shown.joined(separator: ", "))\(more)")
        }
        return parts.joined(separator: "; ")
    }

    private func differences(_ counts: CountVector, _ usual: CountVector) -> [String] {
        var all: [(size: UInt32, text: String)] = []
        counts.forEachPair(with: usual) { template, here, there in
            guard here != there else { return }
            all.append((max(here, there) - min(here, there), "\(template) \(here) times instead of \(there)"))
        }
        // The sort is stable, so that ties keep the order of the ids.
        let largest = all.sorted { $0.size > $1.size }.prefix(Self.most).map(\.text)
        return largest + (all.count > Self.most ? ["\(all.count - Self.most) more differences"] : [])
    }
}
