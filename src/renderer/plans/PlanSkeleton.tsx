/** The true layout, before anything is known. */
export const PlanSkeleton = () => (
  <div className="screen plan-screen skeleton" aria-busy="true">
    <h1 className="sr-only">Loading</h1>
    <span className="bone h-7 w-60" />
    <div className="plan-sides">
      <div className="plan-form">
        <div className="panel h-[180px] flex-none" />
        <div className="panel h-[320px] flex-none" />
      </div>
      <div className="panel h-[400px] flex-none" />
    </div>
  </div>
)
