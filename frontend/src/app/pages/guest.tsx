import { useSession } from '@/contexts/SessionContext.tsx';
import { GuestFrame } from '@/features/session/guest-frame.tsx';
import { SignIn } from '@/features/session/sign-in.tsx';
import { SignUp } from '@/features/session/sign-up.tsx';

interface GuestProps {
  form: 'sign-in' | 'sign-up';
}

export function Guest({ form }: GuestProps) {
  const { api, ask } = useSession();
  return (
    <GuestFrame>
      {form === 'sign-in' ? <SignIn api={api} onSignedIn={ask} /> : <SignUp api={api} onSignedIn={ask} />}
    </GuestFrame>
  );
}
