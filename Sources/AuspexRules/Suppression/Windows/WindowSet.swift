package import AuspexSignals

/// Windows that were loaded together, with unique identifiers, in the order of their files.
package struct WindowSet: Hashable, Sendable {
    /// Windows that a set may have.
    package static let mostWindows = 1_000

    /// The windows.
    package let windows: [TimeWindow]

    /// No windows.
    package init() {
        self.init(windows: [])
    }

    init(windows: [TimeWindow]) {
        self.windows = windows
    }

    /// The window called `id`. Linear in the number of windows.
    package subscript(id: String) -> TimeWindow? { windows.first { $0.id == id } }

    /// What the windows that are open at `moment` do to an alert with these labels (``Alert/matchedLabels``).
    package func effect(at moment: Timestamp, labels: Labels) -> WindowEffect {
        var effect = WindowEffect()
        for window in windows where window.isActive(at: moment, labels: labels) {
            switch window.effect {
            case .maintenance: effect.maintenance.append(window.id)
            case .freeze: effect.freezes.append(window.id)
            }
            if window.blocksRemediation { effect.blocks.append(window.id) }
        }
        return effect
    }

    /// Whether a freeze is open at `moment` for an alert or fact with these labels. Stops at the first that is.
    package func isFrozen(at moment: Timestamp, labels: Labels) -> Bool {
        windows.contains { $0.effect == .freeze && $0.isActive(at: moment, labels: labels) }
    }

    /// When a window next opens or closes after `moment`; nil for never. Until then ``effect(at:labels:)`` is the same for
    /// the same labels.
    package func nextChange(after moment: Timestamp) -> Timestamp? {
        windows.compactMap { $0.nextChange(after: moment) }.min()
    }
}

/// What open windows do to an alert.
package struct WindowEffect: Hashable, Sendable, Codable {
    /// The windows that hold back its notices.
    package internal(set) var maintenance: [String] = []
    /// The windows in which nothing is started by itself.
    package internal(set) var freezes: [String] = []
    /// The windows among ``maintenance`` in which nothing is started at all.
    package internal(set) var blocks: [String] = []

    /// Whether nobody is told of the alert.
    package var holdsNotices: Bool { !maintenance.isEmpty }

    /// How far a runbook may go that a rule asks for in `mode`: in a window one that would start by itself is proposed
    /// instead, and where remediation is blocked so is one that would start and wait for an approval.
    package func mode(_ mode: ResponseMode) -> ResponseMode {
        switch mode {
        case .shadow, .propose: mode
        case .approve: blocks.isEmpty ? .approve : .propose
        case .auto: freezes.isEmpty && maintenance.isEmpty ? .auto : .propose
        }
    }
}
