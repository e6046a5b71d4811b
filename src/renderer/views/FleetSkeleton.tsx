/** The fleet's outline while the engine starts: the true layout, so that nothing jumps when it comes. */
export function FleetSkeleton() {
  return (
    <div className="screen skeleton" aria-busy="true">
      <h1 className="sr-only">Fleet</h1>
      <output className="sr-only">Loading the fleet</output>
      <div className="cards" data-columns="3" aria-hidden>
        {[0, 1, 2].map(card => (
          <div key={card} className="card">
            <span className="bone h-5 w-28" />
            <div className="pair mt-5">
              <span className="bone h-6" />
              <span className="bone h-6" />
            </div>
            <span className="bone mt-7 h-6" />
            <div className="pair mt-10">
              <span className="bone h-6" />
              <span className="bone h-6" />
            </div>
            <span className="bone mt-6 h-4 w-40" />
          </div>
        ))}
      </div>
      <div className="tables" aria-hidden>
        <div className="panel h-40" />
        <div className="panel h-40" />
      </div>
    </div>
  )
}
