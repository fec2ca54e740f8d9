import AuspexSignals
import Foundation

extension ChangeHistory {
    private static let daysPerYear = 365.25

    /// What became of one file over the commits of a change.
    private struct Touched {
        /// Where it stood before the change.
        var origin: String
        var added = 0
        var deleted = 0
    }

    /// Measures consecutive commits as one change, against the state before the first of them.
    ///
    /// The age of earlier commits, which recent experience is weighted by, is averaged over those of one author and day;
    /// that moves the measure by less than a millionth.
    ///
    /// - Complexity: O(files touched), and for each commit O(days on which its author committed before + sets of
    ///   subsystems that he or she touched together).
    func features(of commits: [GitCommit]) -> ChangeFeatures {
        var features = ChangeFeatures()
        guard let last = commits.last else { return features }
        let touched = Self.touchedFiles(of: commits)
        addSize(of: touched, to: &features)
        addPast(of: touched, at: last.time, to: &features)
        addExperience(of: commits, to: &features)
        features.isFix = commits.contains(where: \.isFix)
        return features
    }

    /// The files by their paths after the change.
    private static func touchedFiles(of commits: [GitCommit]) -> [String: Touched] {
        var touched: [String: Touched] = [:]
        for commit in commits {
            let renamed = commit.files.map { file in file.previousPath.flatMap { touched.removeValue(forKey: $0) } }
            for (file, moved) in zip(commit.files, renamed) {
                // What was done before at this path counts, also when another file has come in its place since.
                let earlier = touched[file.path]
                let origin = file.previousPath ?? earlier?.origin ?? file.path
                var state = moved ?? Touched(origin: origin)
                state.added += file.added + (earlier?.added ?? 0)
                state.deleted += file.deleted + (earlier?.deleted ?? 0)
                touched[file.path] = state
            }
        }
        return touched
    }

    private func addSize(of touched: [String: Touched], to features: inout ChangeFeatures) {
        let paths = touched.keys.map { GitFileChange(path: $0, added: 0, deleted: 0) }
        features.files = touched.count
        features.directories = Set(paths.map(\.directory)).count
        features.subsystems = Set(paths.map(\.subsystem)).count
        features.linesAdded = touched.values.reduce(0) { $0 + $1.added }
        features.linesDeleted = touched.values.reduce(0) { $0 + $1.deleted }
        features.entropy = Self.normalisedEntropy(of: touched.values.map { $0.added + $0.deleted }.sorted())
    }

    private func addPast(of touched: [String: Touched], at time: Timestamp, to features: inout ChangeFeatures) {
        var developers: Set<Int32> = []
        var lastChanges: Set<Int> = []
        var ages: [Double] = []
        for file in touched.values {
            guard let past = files[file.origin] else { continue }
            features.linesBefore += past.lines
            developers.formUnion(past.developers)
            guard let lastChange = past.lastChange else { continue }
            lastChanges.insert(lastChange.commit)
            // Clocks of committers differ; a file is never younger than now.
            ages.append(max(0, Double((time - lastChange.time).milliseconds) / Double(Self.millisecondsPerDay)))
        }
        features.developers = developers.count
        features.uniqueChanges = lastChanges.count
        // Sorted, so that the sum does not depend on the order of a dictionary.
        features.age = ages.isEmpty ? 0 : ages.sorted().reduce(0, +) / Double(ages.count)
    }

    private func addExperience(of commits: [GitCommit], to features: inout ChangeFeatures) {
        for commit in commits {
            guard let past = past(of: commit.developer) else { continue }
            features.experience += Double(past.commits)
            let now = Self.days(commit.time.milliseconds)
            for day in past.days {
                let mean = Double(day.number) + Self.days(day.milliseconds) / Double(day.commits)
                features.recentExperience += Double(day.commits) / (1 + max(0, now - mean) / Self.daysPerYear)
            }
            let subsystems = Set(commit.files.map(\.subsystem))
            for (others, commits) in past.commitsBySubsystems where !others.isDisjoint(with: subsystems) {
                features.subsystemExperience += Double(commits)
            }
        }
        features.experience /= Double(commits.count)
        features.recentExperience /= Double(commits.count)
        features.subsystemExperience /= Double(commits.count)
    }

    private static func days(_ milliseconds: Int64) -> Double {
        Double(milliseconds) / Double(millisecondsPerDay)
    }

    /// Shannon's entropy of the files' shares of the changed lines, divided by its maximum, log2 of their number.
    static func normalisedEntropy(of lines: [Int]) -> Double {
        let total = lines.reduce(0, +)
        guard lines.count > 1, total > 0 else { return 0 }
        var entropy = 0.0
        for count in lines where count > 0 {
            let share = Double(count) / Double(total)
            entropy -= share * log2(share)
        }
        return min(1, max(0, entropy / log2(Double(lines.count))))
    }
}
